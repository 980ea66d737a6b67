class LightCurve:
    def _facts(self):
        match len(self):
            case 1:
                noun = "observation"
            case _:
                noun = "observations"
        return {"id": self.object_id, "n": len(self), "noun": noun, "bands": self.bands}

    def __str__(self) -> str:
        return "Light curve of {id} | {n} {noun} | bands: {bands}".format_map(self._facts())

    def __repr__(self) -> str:
        facts = self._facts()
        inside = ", ".join(f"{key}={facts[key]!r}" for key in ("id", "n"))
        return type(self).__name__ + "(" + inside + ")"
