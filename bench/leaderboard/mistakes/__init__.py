"""Examples of wrong answers: collected, selected, rendered."""
