"""Writes the VideoMAE fixtures that VideoMAEParityTests reads: python3 make_videomae.py

Made with transformers 4.46.3 and PyTorch 2.13.0, seeded random weights, two tiny configurations:
- `token`: 252 tokens (no whole number of blocks of 196), last norm, head on the first token.
- `mean`: mean pooling, norm of the mean, head on it; also written as an original checkpoint (`original.pth`).
"""

import json
import os

import torch
import transformers
from safetensors.torch import save_file
from transformers import VideoMAEConfig, VideoMAEForVideoClassification, VideoMAEImageProcessor

assert transformers.__version__ == "4.46.3", transformers.__version__
here = os.path.dirname(os.path.abspath(__file__))
shapes = {
    "token": dict(image_size=24, patch_size=4, num_frames=14, tubelet_size=2, hidden_size=32, num_hidden_layers=3,
                  num_attention_heads=4, intermediate_size=72, use_mean_pooling=False),
    "mean": dict(image_size=16, patch_size=8, num_frames=4, tubelet_size=2, hidden_size=64, num_hidden_layers=1,
                 num_attention_heads=1, intermediate_size=80, use_mean_pooling=True),
}


def original_names(state):
    """The names of the original repository's fine-tuned checkpoints: fused queries, keys and values."""
    result = {}
    layers = 1 + max(int(n.split(".")[3]) for n in state if n.startswith("videomae.encoder.layer."))
    for n, t in state.items():
        if ".attention.attention." not in n:
            n = n.replace("videomae.embeddings.patch_embeddings.projection", "patch_embed.proj")
            n = n.replace("videomae.encoder.layer", "blocks").replace("layernorm_before", "norm1")
            n = n.replace("layernorm_after", "norm2").replace("attention.output.dense", "attn.proj")
            n = n.replace("intermediate.dense", "mlp.fc1").replace("output.dense", "mlp.fc2")
            result[n.replace("classifier", "head")] = t
    for i in range(layers):
        p = f"videomae.encoder.layer.{i}.attention.attention."
        result[f"blocks.{i}.attn.qkv.weight"] = torch.cat([state[p + x + ".weight"] for x in ("query", "key", "value")])
        for x in ("q_bias", "v_bias"):
            result[f"blocks.{i}.attn.{x}"] = state[p + x]
    return result


for name, shape in shapes.items():
    torch.manual_seed(11)
    config = VideoMAEConfig(num_labels=6, **shape)
    model = VideoMAEForVideoClassification(config).eval()
    with torch.no_grad():
        # The model's own start leaves offsets at 0 and norms at 1, which would hide mistakes.
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.15)
    pixels = torch.randn(1, config.num_frames, 3, config.image_size, config.image_size)
    with torch.no_grad():
        result = model(pixels, output_hidden_states=True)
        last = model.videomae(pixels).last_hidden_state
    folder = os.path.join(here, name)
    os.makedirs(folder, exist_ok=True)
    model.save_pretrained(folder)
    VideoMAEImageProcessor(image_mean=[0.5, 0.4, 0.3], image_std=[0.2, 0.3, 0.4]).save_pretrained(folder)
    stages = {f"hidden.{i}": h[0].contiguous() for i, h in enumerate(result.hidden_states)}
    stages |= {"pixels": pixels[0], "last": last[0].contiguous(), "logits": result.logits[0]}
    save_file(stages, os.path.join(folder, "stages.safetensors"))
    if name == "mean":
        state = {n: t.clone() for n, t in model.state_dict().items()}
        torch.save({"module": original_names(state)}, os.path.join(here, "original.pth"))
