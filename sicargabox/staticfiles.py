"""Static files for production: hashed names, imports between ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    # Without this an `import "./x.js"` keeps the old name and the browser keeps the old file.
    support_js_module_import_aggregation = True
