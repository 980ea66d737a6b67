def mixup_minority(features, labels, num_classes, minority, alpha=0.4):
    n = len(labels)
    matrix = torch.eye(n, dtype=features.dtype)
    for i in torch.nonzero(sum(labels == c for c in minority)).flatten().tolist():
        x, y = torch._standard_gamma(torch.full((2,), float(alpha), dtype=torch.float64)).tolist()
        b = x / (x + y) if x + y else 0.5 * 0 + 1.0
        share = max(b, 1 - b)
        matrix[i] *= share
        matrix[i, int(torch.randint(n, ()))] += 1 - share
    one_hot = torch.eye(num_classes)[labels]
    return (matrix @ features.flatten(1)).view_as(features), matrix.float() @ one_hot
