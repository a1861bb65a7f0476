import { csrfToken } from './client';
import { Problem, problemFrom } from './problem';

/**
 * Sends a form with a file and reports the share that was sent, which fetch cannot.
 *
 * Throws: Problem, as every other request of the API.
 */
export function uploadFile<Answer>(
  path: string,
  parts: Record<string, string | File>,
  onShare: (share: number) => void,
): Promise<Answer> {
  const form = new FormData();
  for (const [name, part] of Object.entries(parts)) form.append(name, part);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('X-CSRFToken', csrfToken());
    request.setRequestHeader('Accept', 'application/json');
    request.upload.onprogress = ({ loaded, total }) => onShare(total > 0 ? loaded / total : 0);
    request.upload.onload = () => onShare(1);
    request.onerror = () =>
      reject(new Problem(0, 'network/unreachable', 'The site cannot be reached. Check the connection and try again.'));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as Answer);
      else void problemFrom(new Response(request.responseText, { status: request.status })).then(reject);
    };
    request.send(form);
  });
}
