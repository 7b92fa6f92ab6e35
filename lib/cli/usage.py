"""Faults of usage and the frame of the help in French: Typer says them in English, and has no catalogue."""

import typer
from typer import rich_utils
from typer.exceptions import TyperException
from typer.main import get_command

from lib.cli.console import tell_fault

USAGE_FAULT = 2  # exit code of every shell tool
FRAME = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "COMMANDS_PANEL_TITLE": "Commandes",
    "DEFAULT_STRING": "[par défaut\u00a0: {}]",
    "REQUIRED_LONG_STRING": "[obligatoire]",
}


def run(app: typer.Typer, name: str, arguments: list[str] | None = None) -> int:
    """Runs a command and gives its exit code; a fault of usage is one sentence that says what to do.

    Args:
        app: Every command.
        name: How a person calls it: «python -m lib».
        arguments: Those of the process where None.
    """
    command = get_command(app)
    for constant, text in FRAME.items():
        setattr(rich_utils, constant, text)
    _put_in_french(command)
    try:
        code = command.main(arguments, name, standalone_mode=False)
    except typer.Abort:
        tell_fault("Commande interrompue.")
        return 1
    except TyperException as fault:
        return _told(fault)
    return code if isinstance(code, int) else 0


def _told(fault: TyperException) -> int:
    context = getattr(fault, "ctx", None)
    if type(fault).__name__ == "NoArgsIsHelpError":
        typer.echo(fault.format_message())
        return USAGE_FAULT
    help_said = f" Voir\u00a0: {context.command_path} --help" if context is not None else ""
    tell_fault(f"{sentence(fault)}{help_said}")
    return USAGE_FAULT


def sentence(fault: TyperException) -> str:
    """What is wrong on the command line, and what is expected."""
    option = getattr(fault, "option_name", "")
    match type(fault).__name__:
        case "MissingParameter":
            return f"Il manque {_parameter(fault)}\u00a0: ajoutez sa valeur."
        case "BadParameter":
            return f"La valeur donnée à {_parameter(fault)} ne convient pas{_expected(fault)}."
        case "NoSuchOption":
            near = ", ".join(sorted(getattr(fault, "possibilities", None) or ()))
            return f"L’option {option} n’existe pas" + (f"\u00a0: peut-être {near}." if near else ".")
        case "BadOptionUsage":
            return f"L’option {option} est mal employée\u00a0: donnez-lui une valeur, et une seule."
    commands = getattr(getattr(getattr(fault, "ctx", None), "command", None), "commands", None)
    if commands:
        return f"Commande absente ou inconnue\u00a0: choisissez entre {', '.join(commands)}."
    return "Il y a des mots en trop sur la ligne\u00a0: mettez entre guillemets un nom qui contient des espaces."


def _parameter(fault: TyperException) -> str:
    param = getattr(fault, "param", None)
    if param is None:
        return "un argument"
    return "/".join(param.opts) if param.param_type_name == "option" else str(param.metavar or param.name).strip("{}")


def _expected(fault: TyperException) -> str:
    """The values of a closed list, from the words of the library, which quotes them after the one that is refused."""
    _, is_list, choices = str(getattr(fault, "message", "")).partition(" is not one of ")
    return f"\u00a0: choisissez entre {choices.rstrip('.').replace(chr(39), '')}" if is_list else ""


def _put_in_french(command) -> None:
    with command.context_class(command) as context:
        command.get_help_option(context).help = "Montre cette aide."
    for below in getattr(command, "commands", {}).values():
        command.subcommand_metavar = "COMMANDE [ARGUMENTS]…"
        _put_in_french(below)
