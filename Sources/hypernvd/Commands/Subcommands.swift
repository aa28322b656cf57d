import ArgumentParser

/// Every subcommand, in the order of the help text.
enum Subcommands {
  static let all: [any ParsableCommand.Type] = [
    DecomposeCommand.self, RenderCommand.self, ExportCommand.self, EvaluateCommand.self, CheckCommand.self,
    FlowCommand.self, MaskCommand.self, EmbedCommand.self, MetaTrainCommand.self, ModelsCommand.self, DemoCommand.self,
    ScenesCommand.self, BenchCommand.self, ReproduceCommand.self,
  ]
}
