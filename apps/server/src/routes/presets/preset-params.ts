import { idSchema } from '@pilotlight/contract';
import { z } from 'zod';

export const presetParamsSchema = z.strictObject({ id: idSchema });
