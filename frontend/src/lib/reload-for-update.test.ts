import { beforeEach, describe, expect, it, vi } from 'vitest';
import { reloadForUpdate } from './reload-for-update';

beforeEach(() => window.sessionStorage.clear());

describe('a part of the page that is gone', () => {
  it('is fetched by loading the site anew, once a minute at most', () => {
    const reload = vi.spyOn(window.location, 'reload').mockImplementation(() => undefined);
    reloadForUpdate(1_000_000);
    reloadForUpdate(1_030_000);
    expect(reload).toHaveBeenCalledTimes(1);
    reloadForUpdate(1_070_000);
    expect(reload).toHaveBeenCalledTimes(2);
  });

  it('does not cost the page that is there when the connection is lost', () => {
    const reload = vi.spyOn(window.location, 'reload').mockImplementation(() => undefined);
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    reloadForUpdate(2_000_000);
    expect(reload).not.toHaveBeenCalled();
  });
});
