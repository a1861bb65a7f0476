import '../../components/all-styles';
import { GuidelinesDrawer } from './guidelines-drawer';
import { KeysDialog } from './keys-dialog';
import type { QuestionForm } from './label-state';
import { SkipDialog } from './skip-dialog';
import type { Overlay } from './use-key-commands';

interface DeskOverlaysProps {
  projectId: number;
  form: QuestionForm | null;
  opened: Overlay | null;
  onClose: () => void;
  onSkip: (reason: string) => void;
}

/** What opens above the screen; loaded when first wanted. */
export default function DeskOverlays({ projectId, form, opened, onClose, onSkip }: DeskOverlaysProps) {
  return (
    <>
      <GuidelinesDrawer projectId={projectId} opened={opened === 'guidelines'} onClose={onClose} />
      <KeysDialog form={form} opened={opened === 'keys'} onClose={onClose} />
      <SkipDialog opened={opened === 'skip'} onClose={onClose} onSkip={onSkip} />
    </>
  );
}
