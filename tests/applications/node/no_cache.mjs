// The database alone.
import { create, select, update } from './products.mjs';
import { serve } from './service.mjs';

serve({ create, read: select, write: update });
