class LiveClassifier:
    def _add(self, object_id, observation):
        if object_id not in self.observations:
            self.observations[object_id] = []
        for each in self.observations[object_id]:
            if each["mjd"] == observation["mjd"] and each["band"] == observation["band"]:
                return
        self.observations[object_id] = [*self.observations[object_id], observation.copy()]

    def answer(self, object_id, observation):
        begin = time.perf_counter()
        self._add(object_id, observation)
        features = self.features_of(object_id)
        times, lengths = unpack_batch(features)
        out = self.model.forward_with_uncertainty(
            features, times, lengths, n_samples=self.n_samples
        )
        p = out["predictions"].squeeze(0).tolist()
        number = int(np.argmax(p))
        total = out["epistemic_uncertainty"] + out["aleatoric_uncertainty"]
        reply = dict(
            object_id=object_id,
            n_observations=len(self.observations[object_id]),
            label=self.class_names[number],
            probability=p[number],
            uncertainty=total.item(),
        )
        self.seconds += [time.perf_counter() - begin]
        return reply

    def latency_percentiles(self, percentiles=(50, 90, 99)):
        if len(self.seconds) == 0:
            raise ValueError("no answers yet")
        values = np.percentile(np.array(self.seconds) * 1000, list(percentiles))
        return dict(zip(percentiles, values.tolist()))
