class LiveClassifier:
    def answer(self, object_id, observation):
        started = time.perf_counter()
        mine = self.observations.get(object_id, [])
        twice = any(
            (old["mjd"], old["band"]) == (observation["mjd"], observation["band"]) for old in mine
        )
        self.observations[object_id] = mine if twice else mine + [observation]
        rows = self.features_of(object_id)
        said = self.model.forward_with_uncertainty(
            rows, *unpack_batch(rows), n_samples=self.n_samples
        )
        best = said["predictions"].argmax(dim=-1).item()
        answer = {
            "object_id": object_id,
            "n_observations": len(self.observations[object_id]),
            "label": self.class_names[best],
            "probability": said["predictions"][0, best].item(),
            "uncertainty": sum(
                said[f"{kind}_uncertainty"].item() for kind in ("epistemic", "aleatoric")
            ),
        }
        self.seconds.append(time.perf_counter() - started)
        return answer

    def latency_percentiles(self, percentiles=(50, 90, 99)):
        if not self.seconds:
            raise ValueError("nobody has asked yet")
        return {q: float(np.quantile(self.seconds, q / 100)) * 1000 for q in percentiles}
