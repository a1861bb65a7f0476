import { useEffect, useState } from 'react';
import '../../components/all-styles';
import { GuidelinesDrawer } from './guidelines-drawer';
import type { Question } from './key-commands';
import type { KeyChoice } from './key-map';
import { KeysDialog } from './keys-dialog';
import { SkipDialog } from './skip-dialog';
import type { Overlay } from './use-key-commands';

interface DeskOverlaysProps {
  projectId: number;
  question: Question;
  keyChoice: KeyChoice;
  onKeyChoice: (choice: KeyChoice) => void;
  opened: Overlay | null;
  onClose: () => void;
  onSkip: (reason: string) => void;
}

/** What opens above the screen; loaded when first wanted. */
export default function DeskOverlays(props: DeskOverlaysProps) {
  const { projectId, question, keyChoice, onKeyChoice, onClose, onSkip } = props;
  // What is there closed before it opens gives the focus back when it closes; what comes open does not.
  const [opened, setOpened] = useState<Overlay | null>(null);
  useEffect(() => setOpened(props.opened), [props.opened]);
  return (
    <>
      <GuidelinesDrawer projectId={projectId} opened={opened === 'guidelines'} onClose={onClose} />
      <KeysDialog
        question={question}
        choice={keyChoice}
        onChange={onKeyChoice}
        opened={opened === 'keys'}
        onClose={onClose}
      />
      <SkipDialog opened={opened === 'skip'} onClose={onClose} onSkip={onSkip} />
    </>
  );
}
