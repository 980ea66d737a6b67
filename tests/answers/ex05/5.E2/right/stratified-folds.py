from sklearn.model_selection import StratifiedKFold


class StratifiedBatches:
    def __iter__(self):
        seed = torch.randint(2**31 - 1, (1,)).item()
        folds = StratifiedKFold(self.n_batches, shuffle=True, random_state=seed)
        for _, batch in folds.split(np.zeros(len(self.labels)), self.labels.numpy()):
            yield batch.tolist()
