class ModelRegistry:
    @property
    def current(self):
        history = self.folder / "history.txt"
        names = history.read_text().split() if history.exists() else []
        return self.folder / names[-1] if names else None

    def is_better(self, labels, candidate, current):
        rng = np.random.default_rng(self.seed)
        for name in self.metrics:
            wins = 0
            for _ in range(self.n_bootstrap):
                i = rng.choice(len(labels), len(labels))
                wins += self.metrics[name](labels[i], candidate[i]) > self.metrics[name](
                    labels[i], current[i]
                )
            if wins / self.n_bootstrap < 0.95:
                return False
        return True

    def consider(self, checkpoint, labels, predictions):
        labels, predictions = list(map(int, labels)), list(map(int, predictions))
        if len(labels) != len(predictions):
            raise ValueError(len(labels), len(predictions))
        now = self.current
        if now:
            old_labels, old = json.loads((now / "judged.json").read_text())
            if old_labels != labels:
                raise ValueError("these are other objects")
            if not self.is_better(np.array(labels), np.array(predictions), np.array(old)):
                return False
        name = f"model-{uuid.uuid4().hex}"
        (self.folder / name).mkdir()
        for path in Path(checkpoint).iterdir():
            (self.folder / name / path.name).write_bytes(path.read_bytes())
        (self.folder / name / "judged.json").write_text(json.dumps([labels, predictions]))
        with open(self.folder / "history.txt", "a") as history:
            history.write(name + "\n")
        return True

    def rollback(self):
        history = self.folder / "history.txt"
        names = history.read_text().split() if history.exists() else []
        if len(names) <= 1:
            raise RuntimeError("there is no version before this one")
        history.write_text("\n".join(names[:-1]) + "\n")
        return self.folder / names[-2]
