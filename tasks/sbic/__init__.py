"""Social Bias Inference Corpus: three of its features."""
