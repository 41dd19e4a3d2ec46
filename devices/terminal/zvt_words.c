/* SPDX-License-Identifier: Apache-2.0 */
/* What the terminal is at, in the languages of the shops
 * (docs/protocols.md 6.3). */
#include "terminal/zvt_text.h"

#include <stddef.h>
#include <stdio.h>

#define ZVT_REMOVE_CARD 0x0b

struct zvt_words {
	uint8_t code;
	enum zvt_waits waits;
	const char *text[ZVT_LANGUAGES]; /* English, Polish, German */
};

/* clang-format off */
static const struct zvt_words zvt_words[] = {
	{ 0x00, ZVT_WAITS_CASHIER, { "Waiting for the amount to be confirmed", "Oczekiwanie na potwierdzenie kwoty", "Betrag bestätigen" } },
	{ 0x01, ZVT_WAITS_CUSTOMER, { "Please look at the terminal", "Proszę spojrzeć na terminal", "Bitte auf das Terminal achten" } },
	{ 0x02, ZVT_WAITS_CUSTOMER, { "Please look at the terminal", "Proszę spojrzeć na terminal", "Bitte auf das Terminal achten" } },
	{ 0x03, ZVT_WAITS_TERMINAL, { "Not accepted", "Nie przyjęto", "Nicht akzeptiert" } },
	{ 0x04, ZVT_WAITS_HOST, { "Waiting for the payment host", "Oczekiwanie na centrum autoryzacji", "Warten auf die Autorisierung" } },
	{ 0x05, ZVT_WAITS_HOST, { "Reversing automatically", "Automatyczne wycofanie", "Automatischer Storno" } },
	{ 0x06, ZVT_WAITS_HOST, { "Sending earlier bookings", "Wysyłanie wcześniejszych transakcji", "Nachbuchungen werden gesendet" } },
	{ 0x07, ZVT_WAITS_TERMINAL, { "Card not admitted", "Karta niedopuszczona", "Karte nicht zugelassen" } },
	{ 0x08, ZVT_WAITS_TERMINAL, { "Card unknown", "Karta nieznana", "Karte unbekannt" } },
	{ 0x09, ZVT_WAITS_TERMINAL, { "Card expired", "Karta przeterminowana", "Karte verfallen" } },
	{ 0x0a, ZVT_WAITS_CUSTOMER, { "Please insert card", "Proszę włożyć lub zbliżyć kartę", "Bitte Karte einstecken oder vorhalten" } },
	{ 0x0b, ZVT_WAITS_CUSTOMER, { "Please remove the card", "Proszę wyjąć kartę", "Bitte Karte entnehmen" } },
	{ 0x0c, ZVT_WAITS_CUSTOMER, { "Card can't be read", "Nie można odczytać karty", "Karte nicht lesbar" } },
	{ 0x0d, ZVT_WAITS_TERMINAL, { "Error while processing", "Błąd przetwarzania", "Verarbeitungsfehler" } },
	{ 0x0e, ZVT_WAITS_HOST, { "Please wait", "Proszę czekać", "Bitte warten" } },
	{ 0x0f, ZVT_WAITS_HOST, { "The terminal begins its end of day", "Terminal zaczyna zamknięcie dnia", "Kassenschnitt beginnt" } },
	{ 0x10, ZVT_WAITS_TERMINAL, { "Card not valid", "Karta nieważna", "Karte ungültig" } },
	{ 0x11, ZVT_WAITS_CUSTOMER, { "Balance shown", "Wyświetlono saldo", "Guthaben wird angezeigt" } },
	{ 0x12, ZVT_WAITS_TERMINAL, { "Malfunction", "Usterka", "Störung" } },
	{ 0x13, ZVT_WAITS_TERMINAL, { "Payment not possible", "Płatność niemożliwa", "Zahlung nicht möglich" } },
	{ 0x14, ZVT_WAITS_TERMINAL, { "Not enough credit on the card", "Za mało środków na karcie", "Guthaben nicht ausreichend" } },
	{ 0x15, ZVT_WAITS_CUSTOMER, { "Wrong PIN", "Błędny PIN", "PIN falsch" } },
	{ 0x16, ZVT_WAITS_TERMINAL, { "Above the card's limit", "Przekroczony limit karty", "Limit der Karte überschritten" } },
	{ 0x17, ZVT_WAITS_HOST, { "Please wait", "Proszę czekać", "Bitte warten" } },
	{ 0x18, ZVT_WAITS_TERMINAL, { "PIN entered wrong too often", "Zbyt wiele błędnych prób PIN", "PIN zu oft falsch eingegeben" } },
	{ 0x19, ZVT_WAITS_TERMINAL, { "Card data wrong", "Błędne dane karty", "Kartendaten falsch" } },
	{ 0x1a, ZVT_WAITS_TERMINAL, { "Terminal in service mode", "Terminal w trybie serwisowym", "Terminal im Servicemodus" } },
	{ 0x1b, ZVT_WAITS_CUSTOMER, { "Approved, please fill up", "Zaakceptowano, proszę tankować", "Genehmigt, bitte tanken" } },
	{ 0x1c, ZVT_WAITS_TERMINAL, { "Approved", "Zaakceptowano", "Genehmigt" } },
	{ 0x1d, ZVT_WAITS_TERMINAL, { "Declined", "Odrzucono", "Abgelehnt" } },
	{ 0x26, ZVT_WAITS_CUSTOMER, { "Mobile phone number is being entered", "Wprowadzanie numeru telefonu", "Eingabe der Mobilnummer" } },
	{ 0x27, ZVT_WAITS_CUSTOMER, { "Mobile phone number is being repeated", "Powtórzenie numeru telefonu", "Wiederholung der Mobilnummer" } },
	{ 0x28, ZVT_WAITS_CUSTOMER, { "Currency is being chosen", "Wybór waluty", "Auswahl der Währung" } },
	{ 0x29, ZVT_WAITS_CUSTOMER, { "Language is being chosen", "Wybór języka", "Auswahl der Sprache" } },
	{ 0x2a, ZVT_WAITS_CUSTOMER, { "Please insert the card to load", "Proszę włożyć kartę do doładowania", "Bitte Ladekarte einstecken" } },
	{ 0x2b, ZVT_WAITS_TERMINAL, { "Offline emergency mode", "Tryb awaryjny bez połączenia", "Offline-Notbetrieb" } },
	{ 0x2c, ZVT_WAITS_CUSTOMER, { "Application is being chosen", "Wybór aplikacji", "Auswahl der Anwendung" } },
	{ 0x68, ZVT_WAITS_TERMINAL, { "Card noticed", "Wykryto kartę", "Karte erkannt" } },
	{ 0x69, ZVT_WAITS_CUSTOMER, { "Currency conversion is being offered", "Oferta przeliczenia waluty", "Angebot der Währungsumrechnung" } },
	{ 0xa0, ZVT_WAITS_TERMINAL, { "Payment processed", "Płatność wykonana", "Zahlung erfolgt" } },
	{ 0xa2, ZVT_WAITS_TERMINAL, { "Cancelled", "Anulowano", "Storniert" } },
	{ 0xa4, ZVT_WAITS_TERMINAL, { "Cancelling not possible", "Anulowanie niemożliwe", "Storno nicht möglich" } },
	{ 0xc7, ZVT_WAITS_CUSTOMER, { "Mileage is being entered", "Wprowadzanie przebiegu", "Eingabe des Kilometerstands" } },
	{ 0xc8, ZVT_WAITS_CASHIER, { "Waiting for the cashier", "Oczekiwanie na kasjera", "Warten auf die Kasse" } },
	{ 0xc9, ZVT_WAITS_HOST, { "The terminal begins a diagnosis", "Terminal zaczyna diagnostykę", "Diagnose beginnt" } },
	{ 0xca, ZVT_WAITS_HOST, { "The terminal begins its initialisation", "Terminal zaczyna inicjalizację", "Initialisierung beginnt" } },
	{ 0xcb, ZVT_WAITS_TERMINAL, { "Journal full", "Dziennik pełny", "Journal voll" } },
	{ 0xcc, ZVT_WAITS_CUSTOMER, { "Debit not possible, PIN needed", "Potrzebny PIN", "Lastschrift nicht möglich, PIN nötig" } },
	{ 0xd2, ZVT_WAITS_HOST, { "Connecting to the payment host", "Łączenie z centrum autoryzacji", "Verbindungsaufbau" } },
	{ 0xd3, ZVT_WAITS_HOST, { "Connected to the payment host", "Połączono z centrum autoryzacji", "Verbindung steht" } },
	{ 0xe0, ZVT_WAITS_CUSTOMER, { "Application is being chosen", "Wybór aplikacji", "Auswahl der Anwendung" } },
	{ 0xe1, ZVT_WAITS_CUSTOMER, { "Language is being chosen", "Wybór języka", "Auswahl der Sprache" } },
	{ 0xe2, ZVT_WAITS_CASHIER, { "Please use the cleaning card", "Proszę użyć karty czyszczącej", "Bitte Reinigungskarte verwenden" } },
	{ 0xf1, ZVT_WAITS_TERMINAL, { "Offline", "Bez połączenia", "Offline" } },
	{ 0xf2, ZVT_WAITS_TERMINAL, { "Online", "Połączono", "Online" } },
	{ 0xf3, ZVT_WAITS_TERMINAL, { "Offline transaction", "Transakcja bez połączenia", "Offline-Transaktion" } },
};
/* clang-format on */

static const char *const zvt_removes[ZVT_LANGUAGES] = {
	"; please remove the card",
	"; proszę wyjąć kartę",
	"; bitte Karte entnehmen",
};

static const char *const zvt_statuses[ZVT_LANGUAGES] = {
	"Status",
	"Stan",
	"Status",
};

const char *zvt_waits_name(enum zvt_waits waits)
{
	static const char *const names[] = {
		[ZVT_WAITS_TERMINAL] = "terminal",
		[ZVT_WAITS_CUSTOMER] = "customer",
		[ZVT_WAITS_HOST] = "host",
		[ZVT_WAITS_CASHIER] = "cashier",
	};

	return names[waits];
}

/*
 * 41 to 5D, 66 and 67 are 01 to 1D, 26 and 27 with "remove the card"; so are
 * Ingenico's A1, A3 and A5 to the codes before them.
 */
static uint8_t zvt_intermediate_plain(uint8_t code)
{
	if ((code >= 0x41 && code <= 0x5d && code != 0x4a) || code == 0x66 ||
	    code == 0x67)
		return (uint8_t)(code - 0x40);
	if (code == 0xa1 || code == 0xa3 || code == 0xa5)
		return (uint8_t)(code - 1);
	return code;
}

static const struct zvt_words *zvt_words_find(uint8_t code)
{
	for (size_t i = 0; i < sizeof(zvt_words) / sizeof(*zvt_words); i++)
		if (zvt_words[i].code == code)
			return &zvt_words[i];
	return NULL;
}

bool zvt_text_intermediate(uint8_t code, enum zvt_language language,
			   char out_text[ZVT_TEXT_SIZE],
			   enum zvt_waits *out_waits)
{
	uint8_t plain = zvt_intermediate_plain(code);
	const struct zvt_words *words = zvt_words_find(plain);
	bool removes = plain != code && plain != ZVT_REMOVE_CARD;

	if (!words) {
		*out_waits = ZVT_WAITS_TERMINAL;
		snprintf(out_text, ZVT_TEXT_SIZE, "%s %02X",
			 zvt_statuses[language], code);
		return false;
	}
	*out_waits = removes ? ZVT_WAITS_CUSTOMER : words->waits;
	snprintf(out_text, ZVT_TEXT_SIZE, "%s%s", words->text[language],
		 removes ? zvt_removes[language] : "");
	return true;
}
