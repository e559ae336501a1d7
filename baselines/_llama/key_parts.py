"""The parts of a result's key that tell one language model from another."""

from collections.abc import Mapping

from bench.baselines._training.precision import computes_in
from bench.models.pretrained import chat_template_digest, fingerprint
from bench.run_context import current


def key_parts(model: str, template: str) -> Mapping[str, str]:
    """Return the weights' fingerprint, the compute data type, and, if the template may use it, the
    model's own chat template.

    Args:
        model, template: the parameters of the baseline.

    Raises:
        Unavailable: identifying the weights needs the Hub, which cannot be reached.
    """
    offline = current().offline
    may_be_own = template in ("auto", "chat")
    return {
        "model": fingerprint(model, offline=offline),
        "dtype": computes_in(),
        **({"chat template": chat_template_digest(model, offline=offline)} if may_be_own else {}),
    }
