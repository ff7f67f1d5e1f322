-- Statements to DuckDB about the files of archived months. The names in braces are columns,
-- conditions and paths that store/parquet.py writes out.

-- name: settings
-- Little memory, no network, moments in one zone: what is asked for lies in files of our own.
SET GLOBAL TimeZone = 'UTC'

-- name: pack
-- Lines of text become a Parquet file, in their order.
COPY (SELECT * FROM read_csv({lines}, header = false, delim = ',', quote = '"', escape = '"',
                             nullstr = '', allow_quoted_nulls = false, auto_detect = false,
                             parallel = false, columns = {columns}))
  TO {file} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})

-- name: unpack
-- The same lines again, in the order of the file.
COPY (SELECT {columns} FROM read_parquet({file}))
  TO {lines} (FORMAT csv, HEADER false, FORCE_QUOTE *, NULLSTR '')

-- name: find
-- A few rows: of the file's row groups, those whose bounds fit the condition are read.
SELECT {columns} FROM read_parquet({file}) WHERE {condition}
