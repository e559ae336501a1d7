"""Prefix-forest attention, a fused Llama decoder with LoRA, and Triton kernels."""
