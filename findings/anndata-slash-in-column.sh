#!/usr/bin/env bash
# Expected: the columns of an AnnData file's `obs` are the datasets in the HDF5 group `obs`.
# Version: Debian's python3-anndata 0.8.0-4, python3-h5py 3.7.0-8.
# Behaviour: a slash in a column's name, as in HLA-DR/DP, is HDF5's own separator: the column is a dataset DP in a group
#   HLA-DR, which has no attributes, and so is no column of any kind that the format describes. Only `column-order` has its
#   name. anndata reads it back, because it looks up `column-order` as paths.
# Output seen:
#   in obs: CD3, HLA-DR, _index
#   in obs/HLA-DR: DP; attributes: 0
#   column-order: CD3, HLA-DR/DP
#   read back: CD3, HLA-DR/DP
set -euo pipefail

require() {
  [ "$(dpkg-query -W -f='${Version}' "$1" 2>/dev/null)" = "$2" ] || { echo "missing: $1 $2 (Debian 12)"; exit 2; }
}
require python3-anndata 0.8.0-4
require python3-h5py 3.7.0-8

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

/usr/bin/python3 -W ignore - <<'PY' | tee seen
import anndata, h5py, numpy, pandas
obs = pandas.DataFrame({'CD3': [1.0, 2.0], 'HLA-DR/DP': [3.0, 4.0]}, index=['a', 'b'])
anndata.AnnData(numpy.ones((2, 1), 'float32'), obs=obs).write_h5ad('table.h5ad')
with h5py.File('table.h5ad') as file:
    group = file['obs']
    print('in obs:', ', '.join(group))
    print('in obs/HLA-DR: ' + ', '.join(group['HLA-DR']) + '; attributes:', len(group['HLA-DR'].attrs))
    print('column-order:', ', '.join(group.attrs['column-order']))
print('read back:', ', '.join(anndata.read_h5ad('table.h5ad').obs.columns))
PY
diff seen - <<'SEEN'
in obs: CD3, HLA-DR, _index
in obs/HLA-DR: DP; attributes: 0
column-order: CD3, HLA-DR/DP
read back: CD3, HLA-DR/DP
SEEN
