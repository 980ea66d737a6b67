class BalancedBatchSampler:
    def __init__(self, labels, batch_size=32):
        self.labels = torch.as_tensor(np.asarray(labels))
        self.classes = torch.unique(self.labels).tolist()
        self.batch_size = batch_size
        if batch_size < len(self.classes):
            raise ValueError(f"batch_size={batch_size} < {len(self.classes)}")

    def __len__(self):
        return 1 if len(self.labels) < self.batch_size else len(self.labels) // self.batch_size

    def __iter__(self):
        places = len(self) * self.batch_size
        rows = math.ceil(places / len(self.classes))
        columns = []
        for number in self.classes:
            mine = (self.labels == number).nonzero()[:, 0]
            rounds = [mine[torch.randperm(len(mine))] for _ in range(math.ceil(rows / len(mine)))]
            columns.append(torch.cat(rounds)[:rows])
        order = torch.stack(columns, dim=1).flatten()[:places]
        return iter(order.view(len(self), self.batch_size).tolist())
