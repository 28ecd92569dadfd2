import { toMemoryFacts } from '@pilotlight/contract';
import type { Disk, FileFacts, MemoryFacts, ModelDescription } from '@pilotlight/contract';

import { describeHeader, toSizeLabel } from '../gguf/describe-header.ts';
import type { ModelFacts } from '../gguf/describe-header.ts';
import { GgufRejection } from '../gguf/gguf-rejection.ts';
import { readHeader } from '../gguf/read-header.ts';
import { toOpenSettings } from '../launch-settings.ts';
import { groupFiles } from './group-files.ts';
import type { ModelFiles } from './group-files.ts';
import { toUniqueNames } from './model-names.ts';

/** The model that comes with the product. */
export interface BuiltInModel {
  /** With tag. */
  readonly name: string;
  readonly path: string;
}

export interface CatalogModel {
  readonly description: ModelDescription;
  /** The file that llama.cpp is given: the first part of several. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly facts: ModelFacts | undefined;
}

export interface CatalogOptions {
  readonly disk: Disk;
  /** Absolute paths, in order of precedence for names. */
  readonly folders: readonly string[];
  readonly builtIn?: BuiltInModel;
}

export interface ModelCatalog {
  /** Looks at the folders and reads the headers of files that are new or changed. */
  scan(): Promise<ReadonlyMap<string, CatalogModel>>;
  /** What the last scan has found. */
  readonly known: ReadonlyMap<string, CatalogModel>;
  /** Which files there are, without reading them: two equal texts mean that a scan would find the same. */
  fingerprint(): Promise<string>;
}

type Reading = { readonly facts: ModelFacts } | { readonly defect: string };

/** How many files' facts are kept, so that a folder that changes for ever cannot fill the memory. */
const KEPT_READINGS = 4_096;

/** Knows the model files in the given folders. A header is read once for each state (path, size, date) of a file. */
export function createModelCatalog({ disk, folders, builtIn }: CatalogOptions): ModelCatalog {
  const readings = new Map<string, Promise<Reading>>();
  let known: ReadonlyMap<string, CatalogModel> = new Map();

  async function findFiles(): Promise<readonly ModelFiles[]> {
    const found = await Promise.all(folders.map(async (folder) => groupFiles(await disk.list(folder))));
    return found.flat();
  }

  function read(file: FileFacts): Promise<Reading> {
    const key = toKey(file);
    const known = readings.get(key);
    if (known !== undefined) return known;
    const reading = readFacts(disk, file);
    readings.set(key, reading);
    const oldest = readings.keys().next().value;
    if (readings.size > KEPT_READINGS && oldest !== undefined) readings.delete(oldest);
    return reading;
  }

  async function toModel(name: string, model: ModelFiles): Promise<CatalogModel> {
    const parts = await Promise.all(model.files.map(read));
    return describe({ name, model, parts });
  }

  async function builtInModels(): Promise<readonly CatalogModel[]> {
    if (builtIn === undefined) return [];
    const file = await disk.stat(builtIn.path);
    const files = [file ?? { path: builtIn.path, sizeBytes: 0, modifiedMs: 0 }];
    const defect = file === undefined ? 'its file is missing from the installation' : undefined;
    return [await toModel(builtIn.name, { stem: builtIn.name, files, defect })];
  }

  async function scan(): Promise<ReadonlyMap<string, CatalogModel>> {
    const found = await findFiles();
    const names = toUniqueNames(
      found.map(({ stem }) => stem),
      builtIn === undefined ? [] : [builtIn.name],
    );
    const models = [...(await builtInModels()), ...(await Promise.all(found.map((model, index) => toModel(names[index] ?? '', model))))];
    known = new Map(models.map((model) => [model.description.name, model]));
    return known;
  }

  async function fingerprint(): Promise<string> {
    const found = await findFiles();
    return found.flatMap(({ files }) => files.map(toKey)).join('\n');
  }

  return {
    scan,
    get known() {
      return known;
    },
    fingerprint,
  };
}

async function readFacts(disk: Disk, file: FileFacts): Promise<Reading> {
  try {
    return { facts: describeHeader(await readHeader(disk, file)) };
  } catch (error) {
    if (error instanceof GgufRejection) return { defect: error.message };
    throw error;
  }
}

interface ReadModel {
  readonly name: string;
  readonly model: ModelFiles;
  readonly parts: readonly Reading[];
}

function describe({ name, model, parts }: ReadModel): CatalogModel {
  const facts = parts.flatMap((part) => ('facts' in part ? [part.facts] : []));
  const [first] = facts;
  const path = model.files[0]?.path ?? '';
  const sizeBytes = model.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const defect = model.defect ?? toDefect(parts, facts);
  const sizeLabel = toSizeLabel(facts.reduce((sum, { weights }) => sum + weights, 0));
  const description: ModelDescription = {
    name,
    weightsKey: path,
    sizeBytes,
    ...(first?.family !== undefined && { family: first.family }),
    ...(sizeLabel !== undefined && { parameterSize: sizeLabel }),
    ...(first?.quantization !== undefined && { quantization: first.quantization }),
    ...(first?.trainedContextLength !== undefined && { trainedContextLength: first.trainedContextLength }),
    capabilities: first?.capabilities ?? [],
    ...(defect !== undefined && { defect: `The file cannot be used: ${defect}.` }),
  };
  const catalogued = { description, path, sizeBytes, facts: first };
  const memoryFacts = defect === undefined ? memoryFactsOf(catalogued) : undefined;
  return memoryFacts === undefined ? catalogued : { ...catalogued, description: { ...description, memoryFacts } };
}

/** What a process of the engine takes before it opens a model: Node, and llama.cpp itself. Measured on Linux: 90 to 135 MB. */
const PROCESS_BYTES = 130e6;

/** llama.cpp maps the file into memory, so all of it is weights. */
function memoryFactsOf(model: CatalogModel): MemoryFacts | undefined {
  if (model.facts === undefined) return undefined;
  const { read, vocabulary } = model.facts;
  const { contextLength, slots } = toOpenSettings(model, {}, 1);
  const facts = toMemoryFacts({ read, weightsBytes: model.sizeBytes, vocabulary, defaults: { contextLength, slots } });
  return facts && { ...facts, processBytes: PROCESS_BYTES, areWeightsMapped: true };
}

function toDefect(parts: readonly Reading[], facts: readonly ModelFacts[]): string | undefined {
  for (const [index, part] of parts.entries()) {
    if ('defect' in part) return parts.length === 1 ? part.defect : `part ${index + 1}: ${part.defect}`;
  }
  const [first] = facts;
  if (first?.defect !== undefined) return first.defect;
  const declared = first?.parts?.count ?? 1;
  if (declared !== parts.length)
    return `it is one of ${declared} parts, but the others are not beside it under the names that llama.cpp expects`;
  return facts.some((each, index) => each.parts !== undefined && each.parts.index !== index)
    ? 'its parts are in the wrong order'
    : undefined;
}

function toKey({ path, sizeBytes, modifiedMs }: FileFacts): string {
  return `${path}\u0000${sizeBytes}\u0000${modifiedMs}`;
}
