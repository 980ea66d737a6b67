"""What a classifier says, and the alerts that this calls for: used by the checks of alerts."""

from __future__ import annotations

from typing import Any

Result = dict[str, Any]
Alert = dict[str, Any]


def answer(object_id: str, **p: float) -> Result:
    """An answer with these probabilities; what is left belongs to AGN, if it is not given."""
    p = {name: round(value, 3) for name, value in p.items()}
    p.setdefault("AGN", round(1 - sum(p.values()), 3))
    predicted = max(p, key=lambda name: p[name])
    return {
        "object_id": object_id,
        "refused": "",
        "probabilities": p,
        "predicted": predicted,
        "confidence": p[predicted],
        "epistemic": 0.02,
        "aleatoric": 0.3,
    }


def refused(object_id: str) -> Result:
    return {"object_id": object_id, "refused": f"{object_id} has no detection"}


def alert(object_id: str, name: str, probability: float, updates: int = 0) -> Alert:
    p = round(probability, 3)
    return {"object_id": object_id, "class": name, "probability": p, "updates": updates}
