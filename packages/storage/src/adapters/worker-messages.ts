import type { StoreMethod } from '../serve-store.ts';
import type { StorageFaultCode } from '../storage-fault.ts';

export interface WorkerStart {
  readonly file: string;
  readonly nowMs: number;
}

export interface CallMessage {
  readonly id: number;
  readonly method: StoreMethod;
  readonly parameters: readonly unknown[];
}

export type ToWorker =
  /** In the order in which they were made. */
  | { readonly type: 'calls'; readonly calls: readonly CallMessage[] }
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
  | { readonly type: 'results'; readonly results: readonly ResultMessage[] };

export type ResultMessage =
  | { readonly id: number; readonly value: unknown; readonly fault?: undefined }
  | { readonly id: number; readonly fault: FaultMessage };
