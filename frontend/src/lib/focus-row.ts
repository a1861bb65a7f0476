/** After a row was added to an edited list, moves to the first field of the last row. */
export function focusLastRow(list: HTMLElement | null) {
  requestAnimationFrame(() => {
    const rows = list?.querySelectorAll<HTMLElement>('[data-row]');
    rows
      ?.item(rows.length - 1)
      ?.querySelector<HTMLElement>('input, textarea')
      ?.focus();
  });
}
