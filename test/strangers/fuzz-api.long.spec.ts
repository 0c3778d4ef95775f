import { describeFuzz } from './describe-fuzz';

describeFuzz({ runs: 200 });
