"""A task's prompt in plain words; the templates of language models build on the same parts."""

from bench.task import Input, Task


def render(task: Task, row: Input) -> str:
    """Instruction, definitions and text, as a person would be asked.

    Args:
        task: gives instruction, label definitions and the name of the input.
        row: the text to be judged.
    """
    prompt = task.prompt
    definitions = [f"- {label}: {prompt.labels[label]}" for label in _defined(task)]
    bare = [label for label in task.output.labels if label not in prompt.labels]
    if bare:
        definitions.append(f"{'Other labels' if definitions else 'Labels'}: {', '.join(bare)}")
    texts = row.text if row.pair is None else f"{row.text}\n{prompt.input_name} 2: {row.pair}"
    return "\n".join([prompt.instruction, *definitions, "", f"{prompt.input_name}: {texts}"])


def _defined(task: Task) -> list[str]:
    return [label for label in task.output.labels if label in task.prompt.labels]
