"""What a new project can be made of."""

from typing import Any

from pydantic import Field

from annotate.config.env import env
from annotate.models.project_settings import ProjectSettings
from annotate.types import ReadModel

SUGGESTED_HUB_MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct"


class ModelChoice(ReadModel):
    value: str
    label: str
    description: str


class ModelChoices(ReadModel):
    policies: list[ModelChoice]
    reward_backbones: list[ModelChoice]
    hub: bool = Field(description="Whether a Hugging Face id may be typed in instead.")


class ProjectDefaultsOut(ReadModel):
    """Default settings, their JSON schema with titles, descriptions and limits, and the models at hand."""

    settings: ProjectSettings
    settings_schema: dict[str, Any] = Field(serialization_alias="schema")
    models: ModelChoices


def project_defaults() -> ProjectDefaultsOut:
    """Defaults of this site; local models are looked up afresh."""
    local = _local_models()
    suggested = []
    if env().hub:
        suggested = [ModelChoice(value=SUGGESTED_HUB_MODEL, label="SmolLM2 135M Instruct", description=(
            "A small instruct model from the Hugging Face hub; downloaded when first used, slow without a GPU."
        ))]  # fmt: skip
    starter = ModelChoice(
        value="starter",
        label="Starter",
        description="A few million parameters, shipped with the site: a round takes minutes on a laptop.",
    )
    judge = ModelChoice(
        value="starter-judge",
        label="Starter judge",
        description="Ships with the site and learns a taste from few labels; reads the starter's kind of text.",
    )
    return ProjectDefaultsOut(
        settings=ProjectSettings(),
        settings_schema=ProjectSettings.model_json_schema(),
        models=ModelChoices(
            policies=[starter, *local, *suggested], reward_backbones=[judge, *local, *suggested], hub=env().hub
        ),
    )


def _local_models() -> list[ModelChoice]:
    """Model directories below the model root, to a depth of two, as `organisation/model` is."""
    root = env().model_dir()
    found = [config.parent for pattern in ("*/config.json", "*/*/config.json") for config in root.glob(pattern)]
    usable = [directory for directory in found if any(directory.glob("*.safetensors"))]
    return [
        ModelChoice(
            value=str(directory.relative_to(root)), label=directory.name, description="A model on this machine."
        )
        for directory in sorted(usable)
    ]
