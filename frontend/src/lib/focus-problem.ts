/** After the messages are drawn, moves to the form’s first field that has one. */
export function focusFirstProblem(form: HTMLElement | null) {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
