// Turns the headings that have a data-key into buttons that sort the class table.
for (const head of document.querySelectorAll("th[data-key]")) {
  const button = document.createElement("button");
  button.append(...head.childNodes);
  head.append(button);
  button.onclick = () => {
    const key = head.dataset.key;
    const down = head.ariaSort ? head.ariaSort === "ascending" : key !== "name";
    const body = head.closest("table").tBodies[0];
    const compare = (a, b) => key === "name"
      ? a.cells[0].textContent.localeCompare(b.cells[0].textContent, undefined, { numeric: true })
      : a.dataset[key] - b.dataset[key];
    const rows = [...body.rows].sort(compare);
    body.append(...(down ? rows.reverse() : rows));
    document.querySelectorAll("[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    head.ariaSort = down ? "descending" : "ascending";
  };
}
