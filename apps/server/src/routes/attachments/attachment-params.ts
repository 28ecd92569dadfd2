import { idSchema } from '@pilotlight/contract';
import { z } from 'zod';

export const attachmentParamsSchema = z.strictObject({ id: idSchema });
