/** What an admin can do about a failed run, by failure code. */

export interface FailureAdvice {
  title: string;
  advice: string;
}

const ADVICE: Record<string, FailureAdvice> = {
  data: {
    title: 'The data cannot be trained on',
    advice: 'Collect or import more decided preferences, or lower the limits in the project’s settings; then retry.',
  },
  config: {
    title: 'A setting or the chosen model cannot work',
    advice: 'Change the setting that the message names (a smaller learning rate helps against NaN losses), then retry.',
  },
  resource: {
    title: 'The machine ran out of something',
    advice: 'Free disk or memory, or choose a smaller batch size and fewer tokens in the settings; then retry.',
  },
  cancelled: { title: 'Cancelled', advice: 'Retry continues from the last checkpoint where there is one.' },
  internal: {
    title: 'An error in the program',
    advice: 'The log below names the place. Retry once; if it fails again, report the log to whoever runs this site.',
  },
};

export function failureAdvice(code: string): FailureAdvice {
  return ADVICE[code] ?? { title: `Failed (${code})`, advice: 'Read the log below, then retry.' };
}
