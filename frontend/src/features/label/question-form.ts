import type { QuestionForm } from './label-state';

/** The question form inside a project's settings; what is missing there is not offered. */
export function questionForm(settings: Record<string, Record<string, unknown> | undefined>): QuestionForm {
  const form = settings.form ?? {};
  return {
    strengths: form.strengths === 3 || form.strengths === 2 ? form.strengths : 1,
    tie: form.tie === true,
    both_bad: form.both_bad === true,
    skip: form.skip === true,
  };
}
