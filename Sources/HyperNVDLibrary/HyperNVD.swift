// `import HyperNVD` brings everything that a tool built on this package needs: clips and pictures (Media), the model and
// its renderers (Decomposition), edits (Editing), files of other programs (Exchange), and the whole way from a clip to
// layers and back (Session).
@_exported import Decomposition
@_exported import Editing
@_exported import Exchange
@_exported import Hypernetwork
@_exported import Media
@_exported import Session
