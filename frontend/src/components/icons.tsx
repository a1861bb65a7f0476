import type { ReactNode, SVGProps } from 'react';

type IconProps = Omit<SVGProps<SVGSVGElement>, 'children'>;

/** A 20 × 20 line drawing in the text's colour and size; decoration beside a word, so hidden from screen readers. */
function Drawing(props: SVGProps<SVGSVGElement>) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="1.15em"
      height="1.15em"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      {...props}
    />
  );
}

const icon = (lines: ReactNode) => (props: IconProps) => <Drawing {...props}>{lines}</Drawing>;

export const CheckIcon = icon(<path d="m4.5 10.5 3.6 3.6 7.4-8" />);
export const CopyIcon = icon(
  <>
    <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
    <path d="M13 7V5.5a2 2 0 0 0-2-2H5.5a2 2 0 0 0-2 2V11a2 2 0 0 0 2 2H7" />
  </>,
);
export const HelpIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M8 8.1a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1.1M10 13.6v.01" />
  </>,
);
export const SunIcon = icon(
  <>
    <circle cx="10" cy="10" r="3.2" />
    <path d="M10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M4.7 15.3l1.1-1.1M14.2 5.8l1.1-1.1" />
  </>,
);
export const MoonIcon = icon(<path d="M16.5 11.8A6.8 6.8 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3Z" />);
export const ScreenIcon = icon(
  <>
    <rect x="2.5" y="4" width="15" height="9.5" rx="1.6" />
    <path d="M7.5 16.5h5" />
  </>,
);
export const UserIcon = icon(
  <>
    <circle cx="10" cy="7" r="3" />
    <path d="M4 16.5c.6-3 3-4.5 6-4.5s5.4 1.5 6 4.5" />
  </>,
);
export const UndoIcon = icon(<path d="M7 4.5 3.5 8 7 11.5M3.8 8h8a4.2 4.2 0 0 1 0 8.4H8" />);
export const SkipIcon = icon(<path d="m5 5 6 5-6 5zM14.5 5v10" />);
export const BookIcon = icon(
  <path d="M10 5.2C8.3 4 6 3.8 3 4v11.5c3-.2 5.3 0 7 1.2 1.7-1.2 4-1.4 7-1.2V4c-3-.2-5.3 0-7 1.2Zm0 0v11.5" />,
);
export const DiffIcon = icon(<path d="M10 3.5v6M7 6.5h6M7 15.5h6" />);
export const TextIcon = icon(<path d="M4 5h12M4 10h8M4 15h10" />);
export const ColumnsIcon = icon(
  <>
    <rect x="3" y="4" width="14" height="12" rx="1.8" />
    <path d="M10 4v12" />
  </>,
);
export const RowsIcon = icon(
  <>
    <rect x="3" y="4" width="14" height="12" rx="1.8" />
    <path d="M3 10h14" />
  </>,
);
export const OneIcon = icon(
  <>
    <rect x="5" y="4" width="10" height="12" rx="1.8" />
    <path d="M2.5 7v6M17.5 7v6" />
  </>,
);
export const KeyboardIcon = icon(
  <>
    <rect x="2.5" y="5" width="15" height="10" rx="1.8" />
    <path d="M5.5 8.2h.01M8.5 8.2h.01M11.5 8.2h.01M14.5 8.2h.01M7 12h6" />
  </>,
);
export const CloudOffIcon = icon(
  <path d="M3 3l14 14M6.2 8A3.8 3.8 0 0 0 6 15.5h8M9 5.6a4.6 4.6 0 0 1 6 3.9 3.2 3.2 0 0 1 1.6 4.9" />,
);
export const ChevronRightIcon = icon(<path d="m7.5 5 5 5-5 5" />);
export const ChevronDownIcon = icon(<path d="m5 7.5 5 5 5-5" />);
export const PlusIcon = icon(<path d="M10 4v12M4 10h12" />);
export const DownloadIcon = icon(<path d="M10 3.5v8.5m-3.5-3.3L10 12l3.5-3.3M4 16h12" />);
export const UploadIcon = icon(<path d="M10 12.5V4M6.5 7.2 10 4l3.5 3.2M4 16h12" />);
export const PlayIcon = icon(<path d="M6.5 4.5v11l9-5.5z" />);
export const PauseIcon = icon(<path d="M7 4.5v11M13 4.5v11" />);
export const HistoryIcon = icon(<path d="M3.5 10a6.5 6.5 0 1 0 2-4.7L3.5 7.2M3.5 3.5v3.7h3.7M10 6.5V10l2.6 1.6" />);
export const InboxIcon = icon(<path d="M3 11.5 5 4.5h10l2 7v4H3zm0 0h4l1 2h4l1-2h4" />);
export const CheckCircleIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="m6.8 10.2 2.3 2.3 4.2-4.6" />
  </>,
);
export const LoopIcon = icon(
  <path d="M4 9a6 6 0 0 1 10.5-3L16 7.5M16 4v3.5h-3.5M16 11a6 6 0 0 1-10.5 3L4 12.5M4 16v-3.5h3.5" />,
);
export const CloseIcon = icon(<path d="m5.5 5.5 9 9m0-9-9 9" />);
export const ChevronUpIcon = icon(<path d="m5 12.5 5-5 5 5" />);
