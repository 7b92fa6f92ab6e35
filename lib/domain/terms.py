"""French label of each value of ``vocabulary``, as screens show it."""

from lib.domain import vocabulary as v

FORCES = {"PN": "Police", "GN": "Gendarmerie", "": "Service non renseigné"}
FAMILIES_SHORT = {
    "PER": "Personnels",
    "PEL": "Résidents et tiers",
    "BIE": "Biens",
    "INC": "Incendies",
    "OCC": "Occupation",
    "TRA": "Trafics",
    "JOU": "Jouissance",
    "CAD": "Cadre de vie",
}
QPV_STATUSES = {
    v.QpvStatus.INSIDE: "En QPV",
    v.QpvStatus.NEAR: "À proximité d’un QPV (300 m)",
    v.QpvStatus.OUTSIDE: "Hors QPV",
    v.QpvStatus.UNKNOWN: "Non localisée",
}
SEVERITIES = {1: "1, gêne isolée", 2: "2, trouble caractérisé", 3: "3, délit ou entrave", 4: "4, danger grave"}
PLACE_TYPES = {
    v.PlaceType.HALL: "Hall",
    v.PlaceType.STAIRCASE: "Escalier",
    v.PlaceType.LIFT: "Ascenseur",
    v.PlaceType.CELLAR: "Cave",
    v.PlaceType.PARKING: "Parking",
    v.PlaceType.ROOF: "Toiture",
    v.PlaceType.COMMON_ROOM: "Local commun",
    v.PlaceType.OUTDOOR: "Extérieur, dalle",
    v.PlaceType.DWELLING: "Logement",
    v.PlaceType.OFFICE: "Loge ou agence",
    v.PlaceType.SURROUNDINGS: "Abords",
    v.PlaceType.UNKNOWN: "Lieu non renseigné",
}
REPORT_CHANNELS = {
    v.ReportChannel.CARETAKER: "Gardien",
    v.ReportChannel.TENANT: "Locataire",
    v.ReportChannel.CALL_CENTRE: "Plateforme d’appel",
    v.ReportChannel.PATROL: "Patrouille",
    v.ReportChannel.CONTRACTOR: "Prestataire",
    v.ReportChannel.POLICE: "Police ou gendarmerie",
    v.ReportChannel.OTHER: "Autre",
    v.ReportChannel.UNKNOWN: "Non renseigné",
}
COMPLAINT_STATUSES = {
    v.ComplaintStatus.NOT_CONSIDERED: "Non envisagée",
    v.ComplaintStatus.TO_DECIDE: "À décider",
    v.ComplaintStatus.REFUSED_BY_VICTIM: "Refus de la victime",
    v.ComplaintStatus.POLICE_LOG_ENTRY: "Main courante",
    v.ComplaintStatus.GENDARMERIE_INFORMATION_REPORT: "Renseignement judiciaire",
    v.ComplaintStatus.ONLINE_PRE_COMPLAINT: "Pré-plainte en ligne",
    v.ComplaintStatus.FILED: "Plainte déposée",
    v.ComplaintStatus.FILED_WITH_PROSECUTOR: "Plainte au parquet",
    v.ComplaintStatus.REGISTRATION_REFUSED: "Refus d’enregistrement",
    v.ComplaintStatus.SWORN_WARDEN_REPORT: "PV de garde assermenté",
    v.ComplaintStatus.UNKNOWN: "Non renseignée",
}
# Subject of a sentence: «les atteintes aux biens augmentent de 23 %».
FAMILY_SUBJECTS = {
    "PER": "les atteintes aux personnels",
    "PEL": "les atteintes aux résidents",
    "BIE": "les atteintes aux biens",
    "INC": "les incendies et violences urbaines",
    "OCC": "les occupations d’espaces communs",
    "TRA": "les trafics",
    "JOU": "les troubles de jouissance",
    "CAD": "les atteintes au cadre de vie",
}
VICTIM_CATEGORIES = {
    v.VictimCategory.FRONTLINE_STAFF: "Gardien ou personnel de proximité",
    v.VictimCategory.OTHER_STAFF: "Autre personnel du bailleur",
    v.VictimCategory.CONTRACTOR: "Prestataire",
    v.VictimCategory.TENANT: "Locataire",
    v.VictimCategory.THIRD_PARTY: "Tiers",
    v.VictimCategory.LANDLORD: "Bailleur",
    v.VictimCategory.UNKNOWN: "Non renseignée",
}
CAUSES = {
    v.Cause.RULE_REMINDER: "Rappel au règlement",
    v.Cause.ARREARS_OR_ALLOCATION: "Impayé ou attribution",
    v.Cause.TECHNICAL: "Motif technique",
    v.Cause.TRAFFICKING: "Trafic",
    v.Cause.UNKNOWN: "Non renseignée",
}
WEAPONS = {
    v.Weapon.NONE: "Aucune",
    v.Weapon.MAKESHIFT: "Par destination",
    v.Weapon.BLADE: "Arme blanche",
    v.Weapon.FIREARM: "Arme à feu",
    v.Weapon.UNKNOWN: "Non renseignée",
}
NO_COMPLAINT_REASONS = {
    v.NoComplaintReason.DISCOURAGEMENT: "Découragement",
    v.NoComplaintReason.FEAR_OF_REPRISAL: "Crainte de représailles",
    v.NoComplaintReason.VICTIM_REFUSAL: "Refus de la victime",
    v.NoComplaintReason.MINOR_FACT: "Fait mineur",
    v.NoComplaintReason.REGISTRATION_REFUSED: "Refus d’enregistrement",
    v.NoComplaintReason.DELAY: "Délai",
    v.NoComplaintReason.NOT_APPLICABLE: "Sans objet",
    v.NoComplaintReason.UNKNOWN: "Non renseigné",
}
OUTCOMES = {
    v.Outcome.PENDING: "En cours",
    v.Outcome.DROPPED: "Classement sans suite",
    v.Outcome.ALTERNATIVE_TO_PROSECUTION: "Alternative aux poursuites",
    v.Outcome.PROSECUTED: "Poursuites",
    v.Outcome.CONVICTED: "Condamnation",
    v.Outcome.ACQUITTED: "Relaxe ou acquittement",
    v.Outcome.UNKNOWN: "Non renseignée",
}
SCHEME_KINDS = {
    v.SchemeKind.NIGHT_WARDENS: "Correspondants de nuit",
    v.SchemeKind.GPIS: "GPIS",
    v.SchemeKind.MOBILE_TEAM: "Équipe mobile (EMTR)",
    v.SchemeKind.SOCIAL_MEDIATION: "Médiation sociale",
    v.SchemeKind.CCTV: "Vidéoprotection",
    v.SchemeKind.PATROL: "Patrouille",
    v.SchemeKind.SWORN_WARDEN: "Gardes assermentés",
    v.SchemeKind.OTHER: "Autre dispositif",
}
HALL_OCCUPANCIES = {
    v.HallOccupancy.FREE: "Libre",
    v.HallOccupancy.OCCASIONAL: "Occasionnelle",
    v.HallOccupancy.DAILY: "Quotidienne",
}
# The closed lists of a register, by column of the store.
LISTS = {
    "place_type": PLACE_TYPES,
    "report_channel": REPORT_CHANNELS,
    "victim_category": VICTIM_CATEGORIES,
    "cause": CAUSES,
    "weapon": WEAPONS,
    "complaint_status": COMPLAINT_STATUSES,
    "no_complaint_reason": NO_COMPLAINT_REASONS,
    "outcome": OUTCOMES,
}
# What a register may hold, by column of ours: headings of the model file, of the mapping and of the preview.
REGISTER_COLUMNS = {
    "external_reference": "Référence du fait",
    "residence_reference": "Référence de la résidence",
    "occurred_on": "Date du fait",
    "start_minute": "Heure de début",
    "end_minute": "Heure de fin",
    "reported_on": "Date de signalement",
    "type_code": "Type de fait",
    "severity_override": "Gravité",
    "place_type": "Lieu",
    "building_code": "Bâtiment",
    "hall_code": "Hall",
    "report_channel": "Canal de signalement",
    "victim_category": "Catégorie de victime",
    "cause": "Cause",
    "weapon": "Arme",
    "itt_days": "Jours d’ITT",
    "sick_leave_days": "Jours d’arrêt",
    "repair_cost_estimated": "Coût estimé",
    "repair_cost_invoiced": "Coût facturé",
    "complaint_status": "État de la plainte",
    "complaint_filed_on": "Date de la plainte",
    "no_complaint_reason": "Motif de non-plainte",
    "outcome": "Suite judiciaire",
    "residence_name": "Nom de la résidence",
    "address": "Adresse",
    "postal_code": "Code postal",
    "commune_name": "Commune",
    "commune_code": "Code de la commune",
    "longitude": "Longitude",
    "latitude": "Latitude",
}
ACTION_KINDS = {
    v.ActionKind.INTERVENTION: "Intervention conjointe",
    v.ActionKind.SOCIAL: "Action sociale",
}
ACTION_STATUSES = {
    v.ActionStatus.PROPOSED: "Proposée",
    v.ActionStatus.DECIDED: "Décidée",
    v.ActionStatus.ONGOING: "En cours",
    v.ActionStatus.DONE: "Réalisée",
    v.ActionStatus.ABANDONED: "Abandonnée",
}
PARTNERS = {
    v.Partner.LANDLORD: "Bailleur",
    v.Partner.POLICE: "Police nationale",
    v.Partner.GENDARMERIE: "Gendarmerie",
    v.Partner.MUNICIPAL_POLICE: "Police municipale",
    v.Partner.JUSTICE: "Parquet",
    v.Partner.PREFECTURE: "Préfecture",
    v.Partner.MUNICIPALITY: "Commune",
    v.Partner.PREVENTION_CLUB: "Club de prévention",
    v.Partner.MEDIATION: "Médiation sociale",
}
# Inside a sentence: «modifiée par le parquet».
PARTNER_SUBJECTS = {
    v.Partner.LANDLORD: "le bailleur",
    v.Partner.POLICE: "la police nationale",
    v.Partner.GENDARMERIE: "la gendarmerie",
    v.Partner.MUNICIPAL_POLICE: "la police municipale",
    v.Partner.JUSTICE: "le parquet",
    v.Partner.PREFECTURE: "la préfecture",
    v.Partner.MUNICIPALITY: "la commune",
    v.Partner.PREVENTION_CLUB: "le club de prévention",
    v.Partner.MEDIATION: "la médiation sociale",
}
MEETING_BODIES = {
    v.MeetingBody.COPIL: "Comité de pilotage (COPIL)",
    v.MeetingBody.COTECH: "Comité technique (COTECH)",
    v.MeetingBody.CLSPD: "CLSPD",
    v.MeetingBody.MONITORING_CELL: "Cellule de veille",
    v.MeetingBody.GPO: "Groupe de partenariat opérationnel (GPO)",
}
ACTION_INDICATORS = {
    v.ActionIndicator.FACTS: "Faits recensés",
    v.ActionIndicator.SEVERITY_INDEX: "Indice de gravité",
    v.ActionIndicator.STAFF_FACTS: "Faits visant le personnel",
    v.ActionIndicator.COMPLAINTS: "Plaintes déposées",
    v.ActionIndicator.OCCUPIED_HALLS: "Halls occupés",
    v.ActionIndicator.CALLS: "Appels passés",
    v.ActionIndicator.HOUSEHOLDS: "Ménages aidés",
}
LEGAL_CLOCKS = {
    v.LegalClockKind.PREFECT_INJUNCTION: "Réponse à l’injonction du préfet",
    v.LegalClockKind.WARDEN_REPORT: "Envoi du procès-verbal du garde assermenté",
}
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
# What an action says, by field: headings of its form, of its history and of its export.
ACTION_FIELDS = {
    "title": "Titre",
    "kind": "Nature",
    "status": "État",
    "abandon_reason": "Motif d’abandon",
    "problem": "Problème",
    "family_code": "Famille de faits",
    "places": "Lieux",
    "weekdays": "Jours",
    "start_minute": "Heure de début",
    "end_minute": "Heure de fin",
    "objective": "Objectif",
    "indicator": "Indicateur",
    "baseline": "Valeur de départ",
    "target": "Valeur visée",
    "months_measured": "Durée de mesure (mois)",
    "reached": "Valeur atteinte",
    "pilot": "Pilote",
    "partners": "Partenaires",
    "means": "Moyens",
    "legal_ground": "Fondement légal",
    "cost_euros": "Coût (€)",
    "tfpb_pct": "Part imputée à l’abattement de TFPB (%)",
    "volume": "Volume prévu",
    "volume_done": "Volume réalisé",
    "volume_unit": "Unité du volume",
    "starts_on": "Début",
    "due_on": "Échéance",
    "evaluated_on": "Évaluation",
    "clocks": "Délais légaux",
}
MEETING_FIELDS = {
    "body": "Instance",
    "held_on": "Date",
    "departement_code": "Département",
    "label": "Libellé",
    "partners": "Partenaires présents",
    "decisions": "Décisions",
}
# The table of the rules of response, by column.
RESPONSE_FIELDS = {
    "position": "Ordre",
    "rule_code": "Règle",
    "type_codes": "Types de faits",
    "family_codes": "Familles de faits",
    "share_of": "Part comptée sur",
    "min_share": "Part minimale",
    "min_count": "Nombre minimal de faits",
    "response": "Réponse proposée",
    "legal_ground": "Fondement",
    "pilot": "Pilote",
    "partners": "Partenaires",
}
SHARES_OF = {"facts": "les faits", "severity": "l’indice de gravité"}
