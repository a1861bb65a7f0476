import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import type { components } from '../../api/schema';

export type Receipts = components['schemas']['ReceiptsOut'];
export type ReceiptLabel = components['schemas']['ReceiptLabel'];

export const receiptsQuery = (projectId: number) =>
  queryOptions({
    queryKey: ['projects', projectId, 'receipts'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/projects/{project_id}/receipts/', { params: { path: { project_id: projectId } }, signal })),
  });
