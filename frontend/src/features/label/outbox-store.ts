import type { Operation } from './label-state';

/** Keeps operations across reloads and crashes until the site has confirmed them. */
export interface OutboxStore {
  /** What is left of earlier visits, oldest first. */
  load(owner: string): Promise<Operation[]>;
  /** Makes the stored operations of this owner exactly these, in this order. */
  save(owner: string, operations: readonly Operation[]): Promise<void>;
}

const DATABASE = 'prefloop';
const STORE = 'outbox';

/** The outbox in the browser's IndexedDB: one row for each user and project, replaced as a whole. */
export class IndexedDbOutbox implements OutboxStore {
  private opening: Promise<IDBDatabase> | null = null;

  async load(owner: string): Promise<Operation[]> {
    const rows = await this.within('readonly', (store) => store.get(owner));
    return Array.isArray(rows) ? rows : [];
  }

  async save(owner: string, operations: readonly Operation[]): Promise<void> {
    // An empty list is stored too: it costs less than the question whether there is one.
    await this.within('readwrite', (store) => store.put([...operations], owner));
  }

  private async within<Result>(
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<Result>,
  ): Promise<Result> {
    this.opening ??= this.open();
    const database = await this.opening;
    return new Promise((resolve, reject) => {
      // Relaxed durability would be faster, but a verdict must survive a crash of the machine.
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  private open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}
