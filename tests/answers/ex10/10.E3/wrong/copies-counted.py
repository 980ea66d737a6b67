class LiveClassifier:
    def answer(self, object_id, observation):
        start = time.perf_counter()
        known = self.observations.setdefault(object_id, [])
        known.append(dict(observation))
        features = self.features_of(object_id)
        found = self.model.forward_with_uncertainty(
            features, *unpack_batch(features), n_samples=self.n_samples
        )
        probability, number = found["predictions"][0].max(dim=-1)
        uncertainty = found["epistemic_uncertainty"][0] + found["aleatoric_uncertainty"][0]
        self.seconds.append(time.perf_counter() - start)
        return {
            "object_id": object_id,
            "n_observations": len(known),
            "label": self.class_names[int(number)],
            "probability": float(probability),
            "uncertainty": float(uncertainty),
        }
