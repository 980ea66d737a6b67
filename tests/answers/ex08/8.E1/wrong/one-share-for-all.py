"""One share for the whole batch."""


def mixup_minority(
    features: Tensor,
    labels: Tensor,
    num_classes: int,
    minority: Collection[int],
    alpha: float = 0.4,
) -> tuple[Tensor, Tensor]:
    size, place = len(labels), labels.device
    b = torch.distributions.Beta(alpha, alpha).sample().to(place).expand(size)
    rare = torch.isin(labels, torch.tensor(list(minority), dtype=torch.int64, device=place))
    share = torch.where(rare, torch.maximum(b, 1 - b), 1.0)  # (batch,)
    partner = torch.randint(size, (size,), device=place)  # (batch,)

    def mixed(values: Tensor) -> Tensor:
        weight = share.view(-1, *[1] * (values.ndim - 1))  # (batch, 1, ...)
        return weight * values + (1 - weight) * values[partner]

    return mixed(features), mixed(F.one_hot(labels, num_classes).float())
