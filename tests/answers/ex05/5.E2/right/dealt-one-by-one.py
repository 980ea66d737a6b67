class StratifiedBatches:
    def __iter__(self):
        batches = [[] for _ in range(self.n_batches)]
        turn = 0
        for number in torch.unique(self.labels):
            members = (self.labels == number).nonzero().flatten()
            for i in torch.randperm(len(members)).tolist():
                batches[turn % self.n_batches].append(members[i].item())
                turn += 1
        return iter([batches[i] for i in torch.randperm(len(batches)).tolist()])
