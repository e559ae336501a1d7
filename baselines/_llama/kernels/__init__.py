"""Prefix-forest attention, a decoder in few large steps, and Triton kernels."""
