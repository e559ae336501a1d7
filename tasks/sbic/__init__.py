"""Social Bias Inference Corpus: three of its annotated features."""
