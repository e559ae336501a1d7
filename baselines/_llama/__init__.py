"""Language models: prompted, scored and fine-tuned."""
