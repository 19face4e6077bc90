import { z } from 'zod';

/** How people write a duration. */
export const durationForm = 'a number with a unit, such as 48h, 7d or 1d12h';

/** `48h`, `7d`, `1d12h`: what parseDuration of src/host/time.ts reads. */
export const duration = z.string(durationForm).regex(/^(\d+[smhdw])+$/, durationForm);
