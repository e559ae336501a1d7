"""Encoder networks (BiLSTM, BERT): text encoding, network, objective and fine-tuning."""
