import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { projectKey } from '../../api/project-queries';
import { ConfirmButton } from '../../components/confirm-button';
import type { Model } from '../../lib/api-types';
import { modelName } from '../../lib/model-words';
import { activationConsequence, isRollback } from './activation';

interface ActivateButtonProps {
  projectId: number;
  model: Model;
  /** Every policy known, to say what happens to the queue. */
  policies: readonly Model[];
}

/** Promotes a candidate or rolls back to an older policy, after saying what will happen to the queue. */
export function ActivateButton({ projectId, model, policies }: ActivateButtonProps) {
  const queryClient = useQueryClient();
  const name = modelName(model.kind, model.number);
  const activate = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/models/{model_id}/activate/', {
          params: { path: { model_id: model.id } },
          body: { confirm: true },
        }),
      ),
    onSuccess: () => {
      notifications.show({ message: `${name} is in use.` });
      void queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
      void queryClient.invalidateQueries({ queryKey: ['models'] });
    },
    onError: (error) =>
      notifications.show({ color: 'red', title: `${name} was not put to use`, message: error.message }),
  });
  if (model.kind !== 'policy' || model.status === 'active') return null;
  const isBack = isRollback(
    model,
    policies.find(({ status }) => status === 'active'),
  );
  const verb = isBack ? 'Roll back' : 'Promote';
  return (
    <ConfirmButton
      size="compact-xs"
      title={isBack ? `Roll back to ${name.toLowerCase()}?` : `Promote ${name.toLowerCase()}?`}
      consequence={activationConsequence(model, policies)}
      confirmLabel={verb}
      loading={activate.isPending}
      onConfirm={() => activate.mutate()}
    >
      {verb}
    </ConfirmButton>
  );
}
