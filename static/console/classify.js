// The elements that only the pages of classification have.
import "../elements/classify-search.js";
import "../elements/copy-code.js";
import "../elements/fetched-details.js";
import "../elements/tax-estimate.js";
