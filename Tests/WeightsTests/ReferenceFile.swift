import Foundation

/// A file written by the Python package `safetensors` 0.8.0 (torch 2.13.0), byte for byte.
///
/// Made with `safetensors.torch.save({...}, {"format": "pt", "note": "quote \" and ü"})` from the values that
/// `SafetensorsFileTests.readsEveryFormat` expects.
let referenceFile = Data(
  base64Encoded: """
    8AIAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJub3RlIjoicXVvdGUgXCIgYW5kIMO8IiwiZm9ybWF0IjoicHQifSwiaTY0Ijp7ImR0eXBlIjoiSTY0
    Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMCwxNl19LCJmNjQiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMi
    OlsxNiwzMl19LCJlbXB0eSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMCwzXSwiZGF0YV9vZmZzZXRzIjpbMzIsMzJdfSwiZjMyIjp7ImR0eXBl
    IjoiRjMyIiwic2hhcGUiOlsyLDNdLCJkYXRhX29mZnNldHMiOlszMiw1Nl19LCJzY2FsYXIiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6W10sImRh
    dGFfb2Zmc2V0cyI6WzU2LDYwXX0sImkzMiI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzYwLDY4XX0sImJmMTYi
    OnsiZHR5cGUiOiJCRjE2Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbNjgsNzRdfSwiZjE2Ijp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOls1
    XSwiZGF0YV9vZmZzZXRzIjpbNzQsODRdfSwiaTE2Ijp7ImR0eXBlIjoiSTE2Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbODQsODhdfSwi
    aTgiOnsiZHR5cGUiOiJJOCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6Wzg4LDkwXX0sInU4Ijp7ImR0eXBlIjoiVTgiLCJzaGFwZSI6WzNd
    LCJkYXRhX29mZnNldHMiOls5MCw5M119LCJib29sIjp7ImR0eXBlIjoiQk9PTCIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzkzLDk2XX19
    ICAgIPv/////////AAAQAAAAAACamZmZmZm5PwAAAAAAAATAAAAAAAAAwL8AAFBAYEKiDdUkclEAAACAAACQQJDu/v9wEQEAgD9JwJZ+ADxVtf97
    AQAAfNT+LAGAfwAH/wEAAQ==
    """, options: .ignoreUnknownCharacters)
