import { describeFuzz } from './describe-fuzz';

describeFuzz({ runs: 1_000 });
