from torch.utils.data import Sampler


class FullBatches(Sampler):
    def __init__(self, labels, batch_size):
        self.labels, self.batch_size = labels, batch_size

    def __len__(self):
        return int(np.ceil(len(self.labels) / self.batch_size))

    def __iter__(self):
        waiting = {}
        for number in torch.randperm(len(self.labels)).tolist():
            waiting.setdefault(int(self.labels[number]), []).append(number)
        sizes = {name: len(members) for name, members in waiting.items()}
        done, order = dict.fromkeys(waiting, 0), []
        for place in range(1, len(self.labels) + 1):
            open_ones = [name for name in waiting if waiting[name]]
            name = max(open_ones, key=lambda c: sizes[c] * place / len(self.labels) - done[c])
            order.append(waiting[name].pop())
            done[name] += 1
        for start in range(0, len(order), self.batch_size):
            yield order[start : start + self.batch_size]


def stratified_loader(dataset, batch_size=32):
    return DataLoader(dataset, batch_sampler=FullBatches(dataset.labels, batch_size))
