import type { StoreMethod } from '../serve-store.ts';
import type { StorageFaultCode } from '../storage-fault.ts';

export interface WorkerStart {
  readonly file: string;
  readonly nowMs: number;
}

export type ToWorker =
  | { readonly type: 'call'; readonly id: number; readonly method: StoreMethod; readonly parameters: readonly unknown[] }
  /** Closes the database after the calls sent before. */
  | { readonly type: 'close' };

export interface FaultMessage {
  readonly code: StorageFaultCode;
  readonly message: string;
  readonly cause: string | undefined;
}

export type FromWorker =
  /** Why nothing can be stored now; before `open`, if it is so from the start. */
  | { readonly type: 'held'; readonly fault: FaultMessage | undefined }
  | { readonly type: 'open' }
  | { readonly type: 'refused'; readonly fault: FaultMessage }
  | { readonly type: 'value'; readonly id: number; readonly value: unknown }
  | { readonly type: 'fault'; readonly id: number; readonly fault: FaultMessage };
