"""Language models: prompting, scoring of answers, and QLoRA fine-tuning."""
